// SPDX-License-Identifier: MIT
// How many frames are drawn: none while nothing changes, however often somebody asks.
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "agent/control/protocol.h"
#include "ui/client/decode.h"
#include "ui/client/session.h"
#include "ui/frame_due.h"

namespace lull::ui {
namespace {

constexpr base::WallTime kNow{std::chrono::hours(500'000)};

class Frames : public testing::Test {
 protected:
  Frames() {
    std::ifstream file(LULL_GOLDEN_DIR "/calm.json", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    auto scene = control::parse_message(bytes);
    if (scene) snapshot_ = scene->at("snapshot").as_object();
    session_.on_connected(kNow);
  }
  // As the window's loop: looks at what there is, and draws until nothing is due.
  int drawn() {
    int frames = 0;
    do {
      due_.show(make_view(session_.state(), kNow));
      frames += due_.take() ? 1 : 0;
    } while (due_.any());
    return frames;
  }
  void hear(const control::Object& snapshot) {
    session_.on_reply(Channel::kWatch, {true, snapshot}, kNow);
  }

  control::Object snapshot_;
  Session session_{[](const OutgoingCall&) {}};
  FrameDue due_;
};

TEST_F(Frames, NoneWhileNothingChanges) {
  EXPECT_EQ(drawn(), 1) << "the first";
  hear(snapshot_);
  EXPECT_EQ(drawn(), 1);
  int frames = 0;
  for (int round = 0; round < 1000; ++round) {
    hear(snapshot_);
    frames += drawn();
  }
  EXPECT_EQ(frames, 0);
}

TEST_F(Frames, OneForANumberThatIsAnotherOne) {
  hear(snapshot_);
  drawn();
  snapshot_.at("memory").as_object()["available_bytes"] = 7'000'000'000;
  hear(snapshot_);
  EXPECT_EQ(drawn(), 1);
  snapshot_.at("memory").as_object()["available_bytes"] = 7'000'000'001;
  hear(snapshot_);
  EXPECT_EQ(drawn(), 0) << "nobody could see that";
}

TEST_F(Frames, InputSettlesAndALostPictureIsDrawnOnce) {
  drawn();
  due_.input();
  due_.exposed();
  EXPECT_EQ(drawn(), FrameDue::kSettlingFrames);
  due_.exposed();
  EXPECT_EQ(drawn(), 1);
  EXPECT_EQ(drawn(), 0);
}

}  // namespace
}  // namespace lull::ui
