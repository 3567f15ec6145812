#include <startgate/secret.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <string>
#include <string_view>

namespace {

using namespace startgate;

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!printable<secret>);
static_assert(!std::convertible_to<secret, std::string> && !std::convertible_to<secret, std::string_view>);

TEST(secret, expires_at_its_deadline_and_not_before) {
  const secret s(digest256{}, instant{100});
  EXPECT_FALSE(s.expired(99));
  EXPECT_TRUE(s.expired(100));
  EXPECT_FALSE(secret(digest256{}).expired(~instant{0}));
}

TEST(secret, decoys_are_every_cost_as_often_as_the_application_that_uses_it_most) {
  const derivation cheap{.form = secret_form::pbkdf2, .cost = 1'000},
      dear{.form = secret_form::scrypt, .cost = 15, .block_size = 8, .parallelism = 1};
  secret_decoys decoys;
  decoys.cover(std::array{secret(digest256{})});
  EXPECT_TRUE(decoys.shares().empty());
  decoys.cover(std::array{secret(digest256{}, cheap), secret(digest256{}, cheap)});
  decoys.cover(std::array{secret(digest256{}, dear), secret(digest256{}, cheap)});
  derivation salted = dear;
  salted.salt_size = 16;
  decoys.cover(std::array{secret(digest256{}, salted)});
  ASSERT_EQ(decoys.shares().size(), 2U);
  EXPECT_TRUE(decoys.shares()[0].how.costs_as(cheap) && decoys.shares()[1].how.costs_as(dear));
  EXPECT_EQ(decoys.shares()[0].count, 2U);
  EXPECT_EQ(decoys.shares()[1].count, 1U);
}

}  // namespace
