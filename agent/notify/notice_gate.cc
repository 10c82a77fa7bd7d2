// SPDX-License-Identifier: MIT
#include "agent/notify/notice_gate.h"

namespace lull::agent::notify {

bool NoticeGate::admit(const Notice& notice, base::SteadyTime now) {
  if (notice.asked_for) return true;
  while (!recent_.empty() && now - recent_.front() >= kWindow) recent_.pop_front();
  if (recent_.size() >= kMostInWindow) return false;
  const base::Duration pause = notice.urgent ? base::Duration(kUrgentPause) : kTopicPause;
  const auto last = last_.find(notice.topic);
  if (last != last_.end() && now - last->second < pause) return false;
  last_[notice.topic] = now;
  recent_.push_back(now);
  return true;
}

void NoticeGate::withdraw(const Notice& notice, base::SteadyTime then) {
  if (notice.asked_for) return;
  std::erase(recent_, then);
  const auto last = last_.find(notice.topic);
  if (last != last_.end() && last->second == then) last_.erase(last);
}

}  // namespace lull::agent::notify
