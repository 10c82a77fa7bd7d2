// SPDX-License-Identifier: MIT
#include "agent/control/framing.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace lull::control {
namespace {

using namespace std::string_literals;
using Outcome = FrameReader::Outcome;

struct Collected {
  std::vector<std::string> messages;
  Outcome feed(FrameReader& reader, std::string_view bytes) {
    return reader.feed(bytes, [this](std::string_view message) {
      messages.emplace_back(message);
      return true;
    });
  }
};

TEST(FrameReader, CutsAStreamAtItsNuls) {
  FrameReader reader(100);
  Collected got;
  EXPECT_EQ(got.feed(reader, "one\0two\0three"s), Outcome::kOk);
  EXPECT_EQ(got.messages, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(reader.pending(), 5U);
  EXPECT_EQ(got.feed(reader, "\0"s), Outcome::kOk);
  EXPECT_EQ(got.messages.back(), "three");
  EXPECT_EQ(reader.pending(), 0U);
}

TEST(FrameReader, EmptyMessagesAreMessages) {
  FrameReader reader(100);
  Collected got;
  EXPECT_EQ(got.feed(reader, "\0\0"s), Outcome::kOk);
  EXPECT_EQ(got.messages, (std::vector<std::string>{"", ""}));
}

TEST(FrameReader, AMessageMayHaveJustItsLimit) {
  FrameReader reader(3);
  Collected got;
  EXPECT_EQ(got.feed(reader, "abc\0"s), Outcome::kOk);
  EXPECT_EQ(got.feed(reader, "ab"s), Outcome::kOk);
  EXPECT_EQ(got.feed(reader, "c\0"s), Outcome::kOk);
  EXPECT_EQ(got.messages, (std::vector<std::string>{"abc", "abc"}));
}

TEST(FrameReader, OneByteMoreIsTooLongWhereverItIsCut) {
  for (std::size_t cut = 0; cut <= 4; ++cut) {
    FrameReader reader(3);
    Collected got;
    const std::string bytes = "abcd";
    const Outcome first = got.feed(reader, bytes.substr(0, cut));
    const Outcome second = first == Outcome::kOk ? got.feed(reader, bytes.substr(cut)) : first;
    EXPECT_EQ(second, Outcome::kTooLong) << cut;
    EXPECT_TRUE(got.messages.empty());
  }
}

TEST(FrameReader, StopsWhenTheTakerHasEnough) {
  FrameReader reader(100);
  int taken = 0;
  EXPECT_EQ(reader.feed("a\0b\0c\0"s, [&](std::string_view) { return ++taken < 2; }),
            Outcome::kStopped);
  EXPECT_EQ(taken, 2);
}

// Whatever the pieces, the messages are the same; a few thousand random streams, always the same.
TEST(FrameReader, DoesNotCareHowTheStreamIsCut) {
  std::mt19937 random(20261123);
  for (int round = 0; round < 3000; ++round) {
    std::string stream(random() % 200, '\0');
    for (char& byte : stream)
      if (random() % 5 != 0) byte = static_cast<char>(random() % 256);
    FrameReader whole(64), pieces(64);
    Collected from_whole, from_pieces;
    const Outcome expected = from_whole.feed(whole, stream);
    Outcome outcome = Outcome::kOk;
    for (std::size_t at = 0; at < stream.size() && outcome == Outcome::kOk;) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 20, stream.size() - at);
      outcome = from_pieces.feed(pieces, std::string_view(stream).substr(at, size));
      at += size;
    }
    ASSERT_EQ(outcome, expected);
    ASSERT_EQ(from_pieces.messages, from_whole.messages);
    if (expected == Outcome::kOk) {
      std::string again;
      for (const std::string& message : from_whole.messages) again += message + '\0';
      ASSERT_EQ(again.size() + whole.pending(), stream.size());
      ASSERT_EQ(again, stream.substr(0, again.size()));
    }
  }
}

}  // namespace
}  // namespace lull::control
