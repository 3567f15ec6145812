#include <gtest/gtest.h>

#include <startgate/log/state_text.hpp>
#include <string>

namespace {

using startgate::log::look_of;
using startgate::log::state_look;

TEST(state_text, knows_a_transaction_from_what_takes_its_place) {
  EXPECT_EQ(look_of("hKFo2SBhLXN0YXRlLW9mLWEtbG9naW4tdHJhbnNhY3Rpb24"), state_look::transaction);
  EXPECT_EQ(look_of(std::string(32, 'a')), state_look::invented);
  EXPECT_EQ(look_of("/dashboard"), state_look::path);
  EXPECT_EQ(look_of("/a/path/that/is/longer/than/thirty-two/characters"), state_look::path);
  EXPECT_EQ(look_of("https://app.example/after-login"), state_look::path);
}

TEST(state_text, takes_nothing_and_a_masked_state_for_none) {
  for (const char* text : {"", "***", "..."}) EXPECT_EQ(look_of(text), state_look::none) << text;
}

}  // namespace
