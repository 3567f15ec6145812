#include <startgate/detail/constant_time.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

using startgate::detail::equal_in_constant_time;

// A byte that counts how often it is looked at.
struct counted {
  std::uint8_t value = 0;
  static inline int looks = 0;
  friend int operator^(const counted& a, const counted& b) { return ++looks, a.value ^ b.value; }
};

int looks_at(std::span<const counted, 32> a, std::span<const counted, 32> b, bool expected) {
  counted::looks = 0;
  EXPECT_EQ((equal_in_constant_time<32, counted>(a, b)), expected);
  return counted::looks;
}

TEST(constant_time, ghsa_92vm_wfm5_mxvv_cve_2024_52307_every_byte_is_looked_at_wherever_the_first_difference_lies) {
  const std::array<counted, 32> zeros{};
  EXPECT_EQ(looks_at(zeros, zeros, true), 32);
  for (std::size_t at = 0; at < zeros.size(); ++at)
    for (const int bit : {1, 0x80}) {
      auto other = zeros;
      other[at].value = static_cast<std::uint8_t>(bit);
      EXPECT_EQ(looks_at(zeros, other, false), 32) << at;
    }
}

TEST(constant_time, differences_do_not_cancel_out) {
  const std::array<std::uint8_t, 4> a{1, 2, 3, 4}, b{2, 1, 3, 4}, c{1, 2, 3, 4};
  EXPECT_FALSE(equal_in_constant_time<4>(a, b));
  EXPECT_TRUE(equal_in_constant_time<4>(a, c));
}

static_assert([] {
  const std::array<std::uint8_t, 2> a{1, 2}, b{1, 3};
  return equal_in_constant_time<2>(a, a) && !equal_in_constant_time<2>(a, b);
}());

}  // namespace
