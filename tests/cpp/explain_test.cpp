#include <startgate/explain.hpp>

#include <gtest/gtest.h>

namespace {

using namespace startgate;

constexpr situation with_secret{page::none, client_auth_methods{}.add(client_auth_method::client_secret_post), false};
constexpr rules soft{};

fix first_fix(facts f, reason why, situation s = with_secret, rules r = soft) { return fixes_for(r, f, why, s).first(); }

TEST(explain, every_refusal_has_edits_after_which_the_judge_allows) {
  for (const page from : {page::none, page::hosted, page::elsewhere})
    for (const bool requires_switch : {false, true})
      for (const bool deny_unobserved : {false, true})
        EXPECT_TRUE(for_all_facts([&](facts f) {
          const rules r{mode::enforce, requires_switch, deny_unobserved};
          const edits needed = nearest_pass(r, f, {from, with_secret.methods, false});
          return judge(r, apply(needed, f)).outcome == outcome::allow;
        }));
}

TEST(explain, no_smaller_set_of_edits_would_do) {
  EXPECT_TRUE(for_all_facts([&](facts f) {
    const rules r{mode::enforce};
    const edits needed = nearest_pass(r, f, with_secret);
    for (unsigned i = 0; i < edit_count; ++i) {
      if (!needed.has(edit(i))) continue;
      const facts g = apply(edits{static_cast<std::uint8_t>(needed.bits & ~(1U << i))}, f);
      const verdict v = judge(r, g);
      const bool address_lost = g.forwarded != forwarded_for::absent && v.address == address_from::transport;
      if (v.outcome == outcome::allow && !address_lost) return false;
    }
    return true;
  }));
}

TEST(explain, a_call_that_passes_in_full_needs_nothing) {
  EXPECT_EQ(
      nearest_pass(soft, {standing::confidential, proof::by_credential, forwarded_for::usable, trust_switch::on}, with_secret)
          .size(),
      0U);
  EXPECT_EQ(
      nearest_pass(soft, {standing::public_client, proof::absent, forwarded_for::usable, trust_switch::off}, with_secret).size(),
      0U);
}

TEST(explain, names_the_way_that_the_application_registered) {
  using enum client_auth_method;
  const facts missing{standing::confidential, proof::absent, {}, {}};
  const auto fix_with = [&](client_auth_methods m) {
    return first_fix(missing, reason::authentication_missing, {page::none, m, false});
  };
  EXPECT_EQ(fix_with(client_auth_methods{}.add(client_secret_post)), fix::send_client_secret);
  EXPECT_EQ(fix_with(client_auth_methods{}.add(private_key_jwt)), fix::sign_client_assertion);
  EXPECT_EQ(fix_with(client_auth_methods{}.add(tls_client_auth)), fix::present_client_certificate);
  EXPECT_EQ(fix_with({}), fix::register_client_authentication);
}

TEST(explain, never_tells_a_web_page_to_send_a_secret) {
  const facts missing{standing::confidential, proof::absent, {}, {}};
  EXPECT_EQ(first_fix(missing, reason::authentication_missing, {page::elsewhere, with_secret.methods, false}),
            fix::move_call_to_backend);
  EXPECT_EQ(first_fix(missing, reason::authentication_missing, {page::hosted, with_secret.methods, false}),
            fix::forward_page_state);
}

TEST(explain, a_login_that_is_over_has_to_be_opened_anew) {
  const facts refused{standing::confidential, proof::refused_state, {}, {}};
  EXPECT_EQ(first_fix(refused, reason::state_expired, {page::hosted, with_secret.methods, false}), fix::open_new_login);
  EXPECT_EQ(first_fix(refused, reason::state_signature_wrong, {page::hosted, with_secret.methods, false}),
            fix::forward_page_state);
}

TEST(explain, an_ignored_forwarded_address_is_worth_a_fix) {
  const facts off{standing::confidential, proof::by_credential, forwarded_for::usable, trust_switch::off};
  EXPECT_EQ(first_fix(off, reason::allowed_authenticated), fix::turn_on_trust_switch);
  const facts unusable{standing::confidential, proof::by_credential, forwarded_for::unusable, trust_switch::on};
  EXPECT_EQ(first_fix(unusable, reason::allowed_authenticated), fix::send_one_forwarded_address);
  const facts by_state{standing::confidential, proof::by_state, forwarded_for::usable, trust_switch::on};
  EXPECT_EQ(first_fix(by_state, reason::allowed_authenticated), fix::authenticate_for_forwarded_address);
}

}  // namespace
