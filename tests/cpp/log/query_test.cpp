#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <startgate/log/query_parser.hpp>
#include <string>
#include <string_view>

namespace {

using startgate::log::deployment;
using startgate::log::field;
using startgate::log::parse_query;

struct record {
  std::map<field, std::string> values;
  std::string_view get(field f) const {
    const auto at = values.find(f);
    return at == values.end() ? std::string_view{} : at->second;
  }
};

const record notice{{{field::type, "depnote"},
                     {field::description,
                      "Enforce client authentication for passwordless connections: This feature is being deprecated. "
                      "Please see details.feature of this log for more information."},
                     {field::client_id, "app_1"},
                     {field::client_name, "Shop"},
                     {field::ip, "203.0.113.9"},
                     {field::date, "2018-12-18T10:00:00.000Z"}}};
const record send{{{field::type, "cls"},
                   {field::connection, "email"},
                   {field::user_name, "jane.smith"},
                   {field::client_id, "app_2"},
                   {field::ip, "2001:db8::1"},
                   {field::user_id, "email|5f"},
                   {field::date, "2019-01-01T12:23:44.999Z"}}};

bool finds(std::string_view text, const record& r, deployment where = deployment::public_cloud) {
  const auto parsed = parse_query(text, where);
  if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().position << ": " << parsed.error().message;
  return parsed && parsed->matches(r);
}

startgate::log::query_error fault(std::string_view text, deployment where = deployment::public_cloud) {
  const auto parsed = parse_query(text, where);
  if (parsed) ADD_FAILURE() << "accepted: " << text;
  return parsed ? startgate::log::query_error{} : parsed.error();
}

TEST(query, finds_what_the_migration_guide_searches_for) {
  EXPECT_TRUE(finds("type:depnote AND description:*passwordless*", notice));
  EXPECT_FALSE(finds("type:depnote AND description:*passwordless*", send));
}

TEST(query, without_a_term_finds_everything) {
  for (const char* text : {"", "  ", "*", "*:*"}) EXPECT_TRUE(finds(text, send)) << text;
}

TEST(query, compares_the_whole_value) {
  EXPECT_TRUE(finds("client_name:Shop", notice));
  EXPECT_FALSE(finds("client_name:Sho", notice));
  EXPECT_FALSE(finds("description:passwordless", notice));
  EXPECT_FALSE(finds("description:*passwordless", notice));
  EXPECT_FALSE(finds("\"client authentication\"", notice));
}

TEST(query, is_case_sensitive) {
  EXPECT_FALSE(finds("client_name:shop", notice));
  EXPECT_FALSE(finds("description:*Passwordless*", notice));
  EXPECT_FALSE(finds("type:DEPNOTE", notice));
}

TEST(query, compares_a_bare_word_with_seven_fields_only) {
  EXPECT_TRUE(finds("Shop", notice));
  EXPECT_TRUE(finds("*passwordless*", notice));
  EXPECT_TRUE(finds("203.0.113.9", notice));
  EXPECT_FALSE(finds("app_1", notice)) << "client_id is not among them";
  EXPECT_FALSE(finds("email|5f", send)) << "user_id is not among them";
}

TEST(query, knows_prefix_suffix_and_inner_asterisks) {
  EXPECT_TRUE(finds("type:d*", notice));
  EXPECT_TRUE(finds("user_name:jane*smith", send));
  EXPECT_TRUE(finds("user_name:*smith", send));
  EXPECT_FALSE(finds("user_name:*smi", send));
  EXPECT_FALSE(finds("user_name:jane.smi*mith", send)) << "literals do not overlap";
  EXPECT_TRUE(finds("user_name:*", send));
  EXPECT_FALSE(finds("user_name:*", notice)) << "a lone asterisk asks for presence";
  EXPECT_TRUE(finds("description:*client*passwordless*deprecated*", notice));
  EXPECT_FALSE(finds("description:*deprecated*passwordless*", notice));
}

TEST(query, wants_three_characters_where_the_asterisk_is_not_at_the_end) {
  EXPECT_EQ(fault("client_name:*sa").position, 12U);
  fault("user_name:j*smith");
  fault("user_name:*éa*");
  EXPECT_TRUE(finds("user_name:*smi*", send));
  EXPECT_TRUE(finds("user_name:j*", send));
}

TEST(query, takes_quotes_and_escapes_literally) {
  const record starred{{{field::client_name, "a*b \"c\" (d)?"}}};
  EXPECT_TRUE(finds(R"(client_name:"a*b \"c\" (d)?")", starred));
  EXPECT_TRUE(finds(R"(client_name:a\*b\ \"c\"\ \(d\)\?)", starred));
  EXPECT_FALSE(finds(R"(client_name:"a*")", starred));
}

TEST(query, binds_not_before_and_before_or) {
  EXPECT_TRUE(finds("type:cls OR type:depnote AND client_name:Other", send));
  EXPECT_FALSE(finds("(type:cls OR type:depnote) AND client_name:Other", send));
  EXPECT_TRUE(finds("NOT type:cls AND client_name:Shop", notice));
  EXPECT_TRUE(finds("NOT (type:cls OR type:cs)", notice));
  EXPECT_FALSE(finds("NOT NOT type:cls", notice));
}

TEST(query, reads_terms_side_by_side_as_alternatives) {
  EXPECT_TRUE(finds("type:cls type:depnote", notice));
  EXPECT_TRUE(finds("type:(cs depnote)", notice));
  EXPECT_FALSE(finds("type:(cs OR cls)", notice));
}

TEST(query, excludes_with_a_not_that_stands_beside_other_terms) {
  EXPECT_FALSE(finds("type:depnote NOT client_name:Shop", notice));
  EXPECT_TRUE(finds("type:depnote NOT client_name:Other", notice));
  EXPECT_FALSE(finds("NOT client_name:Shop type:depnote", notice));
  EXPECT_FALSE(finds("type:depnote (NOT type:cs NOT client_name:Shop)", notice));
  EXPECT_TRUE(finds("type:cls OR NOT client_name:Other", notice));
}

TEST(query, takes_values_with_colons_bars_and_signs) {
  EXPECT_TRUE(finds("ip:2001:db8::1", send));
  EXPECT_TRUE(finds("2001:db8::1", send));
  EXPECT_TRUE(finds("user_id:email|5f", send));
  EXPECT_TRUE(finds("user_name:+4912*", record{{{field::user_name, "+49123"}}}));
  EXPECT_TRUE(finds("type: depnote", notice));
}

TEST(query, rounds_dates_as_the_documented_examples_do) {
  EXPECT_TRUE(finds("date:[2018-12 TO 2019-01-01}", notice));
  EXPECT_FALSE(finds("date:[2018-12 TO 2019-01-01}", send));
  EXPECT_TRUE(finds("date:[2018-12-18 TO *]", notice));
  EXPECT_FALSE(finds("date:[* TO 2018-12-18}", notice));
  EXPECT_TRUE(finds("date:[* TO 2018-12-18]", notice)) << "an included day is taken whole";
  EXPECT_FALSE(finds("date:{2018-12-18 TO *]", notice)) << "an excluded day is left out whole";
  EXPECT_TRUE(finds("date:[2019-01-01T01:00:00 TO 2019-01-01T12:23:45}", send));
  EXPECT_FALSE(finds("date:[2019-01-01T01:00:00 TO 2019-01-01T12:23:44}", send));
  EXPECT_TRUE(finds("date:2018-12-18", notice));
  EXPECT_TRUE(finds("date:2018-12", notice));
  EXPECT_FALSE(finds("date:2018-12-19", notice));
  EXPECT_TRUE(finds("date:\"2018-12-18T11:00:00+01:00\"", notice));
}

TEST(query, compares_other_ranges_by_bytes) {
  EXPECT_TRUE(finds("type:[cls TO depnote]", send));
  EXPECT_FALSE(finds("type:{cls TO depnote]", send));
  EXPECT_FALSE(finds("type:[cls TO depnote}", notice));
  EXPECT_TRUE(finds("client_id:[app_1 TO *]", send));
  EXPECT_FALSE(finds("user_name:[* TO *]", notice)) << "an open range asks for presence";
}

TEST(query, refuses_an_unknown_field_and_says_which_there_are) {
  const auto error = fault("type:cls AND clientid:x");
  EXPECT_EQ(error.position, 13U);
  EXPECT_NE(error.message.find("`clientid`"), std::string::npos);
  EXPECT_NE(error.message.find("client_id"), std::string::npos);
  EXPECT_NE(fault("description.raw:x").message.find(".raw"), std::string::npos);
}

TEST(query, points_at_the_character) {
  EXPECT_EQ(fault("type:\"cls").position, 5U);
  EXPECT_EQ(fault("(type:cls").position, 0U);
  EXPECT_EQ(fault("type:cls)").position, 8U);
  EXPECT_EQ(fault("type:cls AND").position, 12U);
  EXPECT_EQ(fault("OR type:cls").position, 0U);
  EXPECT_EQ(fault("type:").position, 5U);
  EXPECT_EQ(fault("type:a?c").position, 6U);
  EXPECT_EQ(fault("type:cls and type:cs").position, 9U);
  EXPECT_EQ(fault("type:cls && type:cs").position, 9U);
  EXPECT_EQ(fault("date:[2018-12-10 2018-12-11]").position, 17U);
  EXPECT_EQ(fault("date:[2018-12-10 TO 2018-13-11]").position, 20U);
  EXPECT_EQ(fault("date:2018*").position, 5U);
  EXPECT_EQ(fault("date:[2018-12-10 TO 2018-12-11").position, 5U);
  EXPECT_EQ(fault("[a TO b]").position, 0U);
  EXPECT_EQ(fault("type:\"\"").position, 5U);
  EXPECT_EQ(fault("type:\"a\"b").position, 8U);
  EXPECT_EQ(fault("type:a\\").position, 6U);
  EXPECT_EQ(fault("user_name:\"é\" AND x:1").position, 18U) << "characters, not bytes";
}

TEST(query, stops_at_a_depth_that_no_stack_minds) {
  EXPECT_FALSE(parse_query(std::string(100'000, '(')));
  std::string nots;
  for (int i = 0; i < 100'000; ++i) nots += "NOT ";
  EXPECT_FALSE(parse_query(nots + "a"));
}

TEST(query, on_private_cloud_searches_five_fields_and_looks_inside_unquoted_words) {
  const auto where = deployment::private_cloud;
  EXPECT_TRUE(finds("application:ho", notice, where));
  EXPECT_FALSE(finds("application:\"ho\"", notice, where));
  EXPECT_TRUE(finds("application:\"Shop\" AND type:depnote", notice, where));
  EXPECT_TRUE(finds("user:smith", send, where));
  EXPECT_TRUE(finds("user:\"email|5f\"", send, where));
  EXPECT_TRUE(finds("ip:203.0.113", notice, where));
  const auto error = fault("type:depnote AND description:*passwordless*", where);
  EXPECT_EQ(error.position, 17U);
  EXPECT_NE(error.message.find("private cloud"), std::string::npos);
}

TEST(query, knows_the_published_fields_and_no_other) {
  constexpr std::string_view published[] = {
      "client_id", "client_name",     "connection", "connection_id", "description", "date",     "hostname",      "ip",
      "log_id",    "organization_id", "user_id",    "user_name",     "user_agent",  "strategy", "strategy_type", "type"};
  EXPECT_EQ(std::size(published), startgate::log::field_names.size());
  for (const std::string_view name : published) {
    const field f = *startgate::log::field_named(name);
    const std::string value = f == field::date ? "2026-11-24" : "v";
    EXPECT_TRUE(finds(std::string(name) + ":" + value, record{{{f, f == field::date ? "2026-11-24T10:00:00Z" : "v"}}})) << name;
  }
  for (const char* name : {"_id", "details", "client_ip", "session_id", "user", "application", "TYPE", "Type", "auth0_client"})
    EXPECT_EQ(fault("type:s AND " + std::string(name) + ":v").position, 11U) << name;
}

TEST(query, compares_a_word_without_a_field_with_the_published_seven) {
  const auto bare = {field::client_name, field::connection, field::description, field::ip,
                     field::log_id,      field::type,       field::user_name};
  for (std::size_t i = 0; i < startgate::log::field_names.size(); ++i) {
    const field f = static_cast<field>(i);
    const bool published = std::find(bare.begin(), bare.end(), f) != bare.end();
    for (const char* text : {"words", "\"words\"", "wor*", "*ords", "w\\ords"})
      EXPECT_EQ(finds(text, record{{{f, "words"}}}), published) << text << " in " << name_of(f);
  }
}

TEST(query, does_not_look_for_words_within_a_value) {
  const record created{{{field::description, "Create a rule"}}};
  EXPECT_FALSE(finds("description:rule", created));
  EXPECT_FALSE(finds("description:\"a rule\"", created)) << "a phrase is the whole value";
  EXPECT_TRUE(finds("description:*rule", created));
  EXPECT_TRUE(finds("description:\"Create a rule\"", created));
}

// The page says that all fields are case-sensitive, and beside an example that `connection:*pass*` finds "Pass": the rule holds.
TEST(query, keeps_to_the_rule_about_case_where_a_published_example_does_not) {
  EXPECT_FALSE(finds("connection:*pass*", record{{{field::connection, "Username-Password-Authentication"}}}));
  EXPECT_TRUE(finds("connection:*Pass*", record{{{field::connection, "Username-Password-Authentication"}}}));
  EXPECT_FALSE(finds("application:SHOP", notice, deployment::private_cloud));
}

TEST(query, takes_a_prefix_of_any_length_and_three_characters_anywhere_else) {
  const record usa{{{field::client_name, "usa"}, {field::user_name, "abcdef"}}};
  EXPECT_TRUE(finds("client_name:u*", usa));
  EXPECT_TRUE(finds("client_name:*usa", usa));
  EXPECT_EQ(fault("client_name:*sa").position, 12U);
  EXPECT_EQ(fault("type:s OR *sa").position, 10U) << "also without a field";
  EXPECT_TRUE(finds("user_name:abc*def", usa));
  EXPECT_EQ(fault("user_name:abc*ef").position, 10U);
  EXPECT_EQ(fault("user_name:ab*def*").position, 10U);
  EXPECT_EQ(fault("client_name:u?a").position, 13U) << "there is no wildcard for one character";
}

TEST(query, takes_ranges_with_any_brackets_and_open_ends) {
  const auto of = [](std::string_view name) { return record{{{field::user_name, std::string(name)}}}; };
  const std::map<std::string, std::string> found{
      {"[b TO d]", "bcd"}, {"{b TO d}", "c"},   {"[b TO d}", "bc"}, {"{b TO d]", "cd"},    {"[c TO *]", "cde"},
      {"{c TO *}", "de"},  {"[* TO c]", "abc"}, {"{* TO c}", "ab"}, {"[* TO *]", "abcde"}, {"[\"b\" TO d]", "bcd"}};
  for (const auto& [range, names] : found)
    for (const std::string name : {"a", "b", "c", "d", "e"})
      EXPECT_EQ(finds("user_name:" + range, of(name)), names.find(name) != names.npos) << range << ' ' << name;
  EXPECT_EQ(fault("user_name:[a to b]").position, 13U);
  EXPECT_EQ(fault("user_name:[a* TO b]").position, 11U);
  EXPECT_EQ(fault("user_name:[a TO ]").position, 16U);
}

TEST(query, takes_a_date_with_any_of_the_published_parts) {
  for (const char* when : {"2018-12", "2018-12-18", "2018-12-18T10", "2018-12-18T10:00", "2018-12-18T10:00:00",
                           "2018-12-18T10:00:00.000Z", "\"2018-12-18 10:00\""})
    EXPECT_TRUE(finds("date:" + std::string(when), notice)) << when;
  for (const char* when : {"2018-1", "18-12-2018", "yesterday", "2018-02-30", "2018-12-18T25", "1545127200"})
    EXPECT_EQ(fault("date:" + std::string(when)).position, 5U) << when;
}

TEST(query, on_private_cloud_has_five_names_and_no_other) {
  const auto where = deployment::private_cloud;
  for (const char* name : {"user", "connection", "application", "type", "ip"})
    EXPECT_TRUE(parse_query(std::string(name) + ":x", where)) << name;
  for (const char* name : {"description", "date", "client_id", "client_name", "user_name", "log_id", "hostname"})
    EXPECT_EQ(fault("type:s AND " + std::string(name) + ":v", where).position, 11U) << name;
  EXPECT_TRUE(finds("connection:mai", send, where)) << "contained";
  EXPECT_FALSE(finds("connection:\"mai\"", send, where)) << "exact";
}

TEST(query, survives_every_prefix_of_a_long_query) {
  const std::string text = R"(type:(depnote OR "cls") AND NOT (date:[2018-12 TO *} description:*pass\*word*) OR ip:{a TO b])";
  for (std::size_t n = 0; n <= text.size(); ++n) {
    const auto parsed = parse_query(text.substr(0, n));
    if (!parsed) {
      EXPECT_LE(parsed.error().position, n);
    }
  }
}

}  // namespace
