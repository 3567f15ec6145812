#include <startgate/header_views.hpp>

#include <gtest/gtest.h>

#include <list>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using startgate::header;
using startgate::header_views;

// As servers keep fields: in a list of their own, behind accessors.
class server_field {
 public:
  server_field(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}
  std::string_view name_string() const { return name_; }
  std::string_view value() const { return value_; }

 private:
  std::string name_, value_;
};

using make_view = header (*)(const server_field&);
static_assert(std::is_constructible_v<header_views<4>, std::vector<server_field>&, make_view>);
static_assert(std::is_constructible_v<header_views<4>, const std::list<server_field>&, make_view>);
static_assert(std::is_constructible_v<header_views<4>, std::span<const server_field>, make_view>);
// Of a list that is gone at the end of the line, or of fields that are made one by one, there is nothing to view.
static_assert(!std::is_constructible_v<header_views<4>, std::vector<server_field>, make_view>);
static_assert(!std::is_constructible_v<header_views<4>, const std::vector<server_field>, make_view>);
using made_up = decltype(std::declval<std::vector<std::string>&>() |
                         std::views::transform([](const std::string& s) { return server_field(s, s); }));
static_assert(!std::is_constructible_v<header_views<4>, made_up&, make_view>);

TEST(header_views, keeps_order_and_duplicates_and_copies_no_text) {
  const std::list<server_field> fields{{"X-Forwarded-For", "192.0.2.1"}, {"accept", "*/*"}, {"x-forwarded-for", "192.0.2.2"}};
  const header_views views(fields, [](const server_field& f) { return header{f.name_string(), f.value()}; });
  ASSERT_TRUE(views.complete());
  ASSERT_EQ(views.list().size(), 3U);
  EXPECT_EQ(views.list()[2].value, "192.0.2.2");
  EXPECT_EQ(views.list()[0].value.data(), fields.front().value().data());
}

TEST(header_views, takes_pairs_too) {
  const std::vector<std::pair<std::string, std::string>> fields{{"a", "1"}, {"b", "2"}};
  const header_views<2> views(fields, [](const auto& f) { return header{f.first, f.second}; });
  EXPECT_TRUE(views.complete());
  EXPECT_EQ(views.list()[1].name, "b");
}

TEST(header_views, hands_out_nothing_where_fields_do_not_fit) {
  const std::vector<std::pair<std::string, std::string>> fields(3, {"x-forwarded-for", "6.6.6.6"});
  const header_views<2> views(fields, [](const auto& f) { return header{f.first, f.second}; });
  EXPECT_FALSE(views.complete());
  EXPECT_TRUE(views.list().empty());
}

}  // namespace
