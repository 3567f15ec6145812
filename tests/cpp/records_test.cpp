#include <startgate/records.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace startgate;

class records_of : public testing::Test {
 protected:
  records_of() { shop.client_id = "shop", shop.name = "Shop"; }

  application shop;
  std::vector<header> headers;
  response answer;

  decision proved() const {
    decision d;
    d.outcome = outcome::allow;
    d.why = reason::allowed_authenticated;
    d.client_id = shop.client_id;
    d.application = &shop;
    d.request.recipient = "ada@example.com";
    d.request.send = delivery::code;
    d.authentication = {authentication_result::proved, "client_secret_post", reason::authentication_secret_matched, false};
    d.client_ip.address = d.client_ip.transport = parse_address("203.0.113.9");
    return d;
  }

  // What `look` sees of each record, while it lives.
  template <class Look>
  std::vector<std::string> each(const decision& d, Look look) const {
    std::vector<std::string> seen;
    for_each_record(d, answer, headers, "acme.example", second, [&](const log::record& r) { seen.emplace_back(look(r)); });
    return seen;
  }
};

TEST_F(records_of, come_one_for_each_event_in_order) {
  decision d = proved();
  EXPECT_TRUE(each(d, [](const log::record& r) { return log::name_of(r.type); }).empty());
  d.events.add(log::event::depnote);
  d.events.add(log::event::cls);
  EXPECT_EQ(each(d, [](const log::record& r) { return log::name_of(r.type); }), (std::vector<std::string>{"depnote", "cls"}));
}

TEST_F(records_of, say_whose_call_it_was_and_to_whom) {
  decision d = proved();
  d.events.add(log::event::cls);
  for_each_record(d, answer, headers, "acme.example", second, [](const log::record& r) {
    EXPECT_EQ(r.client_id, "shop");
    EXPECT_EQ(r.client_name, "Shop");
    EXPECT_EQ(r.user_name, "ada@example.com");
    EXPECT_EQ(r.connection, "email");
    EXPECT_EQ(r.hostname, "acme.example");
    EXPECT_EQ(r.date_text.view(), "1970-01-01T00:00:01.000Z");
    EXPECT_EQ(r.details.reason, "allowed_authenticated");
    EXPECT_EQ(r.details.authentication, "client_secret_post");
    EXPECT_EQ(r.details.send, "code");
  });
}

TEST_F(records_of, name_the_transport_address_only_where_it_is_another) {
  decision d = proved();
  d.events.add(log::event::cls);
  EXPECT_EQ(each(d, [](const log::record& r) { return std::string(r.ip) + "/" + std::string(r.client_ip); }),
            std::vector<std::string>{"203.0.113.9/"});
  d.client_ip.address = parse_address("198.51.100.7");
  EXPECT_EQ(each(d, [](const log::record& r) { return std::string(r.ip) + "/" + std::string(r.client_ip); }),
            std::vector<std::string>{"198.51.100.7/203.0.113.9"});
}

TEST_F(records_of, say_of_a_refusal_what_its_caller_was_told_and_no_method_that_proved_nothing) {
  decision d = proved();
  d.authentication.result = authentication_result::refused;
  d.events.add(log::event::f);
  answer.error_description = "Client authentication failed";
  EXPECT_EQ(each(d, [](const log::record& r) { return r.description_text(); }),
            std::vector<std::string>{"Client authentication failed"});
  EXPECT_EQ(each(d, [](const log::record& r) { return r.details.authentication; }), std::vector<std::string>{""});
}

TEST_F(records_of, say_which_limit_is_used_up) {
  decision d = proved();
  d.limits.add({"start_per_address", *quota::make(1, second, 50), {}});
  d.limits.add({"authentication_api", *quota::make(100, second, 100), {}});
  d.events.add(log::event::api_limit);
  EXPECT_EQ(
      each(d, [](const log::record& r) { return std::string(r.details.limit) + " " + std::to_string(r.details.limit_size); }),
      std::vector<std::string>{"authentication_api 100"});
}

TEST_F(records_of, tell_of_an_applications_limit_in_its_own_words_and_what_it_does) {
  decision d = proved();
  limit_outcome over;
  over.allowed = false;
  d.limits.add({"authentication_api", *quota::make(100, second, 100), {}});
  d.limits.add({.name = "start_per_application", .limit = *quota::make(5, second, 5), .outcome = over, .log_only = true});
  d.events.add(log::event::api_limit_warning);
  d.events.add(log::event::api_limit);
  EXPECT_EQ(each(d,
                 [](const log::record& r) {
                   return std::string(r.description_text()) + ": " + std::string(r.details.limit) + " " +
                          std::string(r.details.limit_action);
                 }),
            (std::vector<std::string>{"Warning! Global limit usage is high: authentication_api ",
                                      "You have exceeded the rate limit on /passwordless/start: start_per_application log"}));
}

TEST_F(records_of, cut_a_user_agent_of_kilobytes) {
  const std::string long_name(4000, 'a');
  headers = {{"User-Agent", long_name}};
  decision d = proved();
  d.events.add(log::event::cls);
  EXPECT_EQ(each(d, [](const log::record& r) { return std::to_string(r.user_agent.size()); }), std::vector<std::string>{"512"});
}

}  // namespace
