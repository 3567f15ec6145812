#include <startgate/identifier.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace startgate {
namespace {

std::string form(std::string_view recipient) { return std::string(normalise(recipient).view()); }

static_assert(normalise(" Ada@Example.COM. ") == normalise("ada@example.com"));
static_assert(normalise("\u212Aim@example.com") == normalise("kim@example.com"));
static_assert(noexcept(normalise("")));

TEST(cve_2026_47203, every_spelling_of_a_name_has_one_bucket) {
  for (const char* spelling :
       {"john", "John", "JOHN", " john ", "john.", "\tjohn \r\n", "john. .", "\u00A0john\u3000", "john\uFF0E", "john\u3002"})
    EXPECT_EQ(form(spelling), "john") << spelling;
}

TEST(cve_2019_19844, unicode_case_folding_joins_the_bucket) {
  EXPECT_EQ(form("m\u0131ke@example.org"), "mike@example.org");    // dotless i
  EXPECT_EQ(form("M\u0130KE@example.org"), "mike@example.org");    // I with a dot
  EXPECT_EQ(form("mi\u0307ke@example.org"), "mike@example.org");   // what lower case makes of it
  EXPECT_EQ(form("mi\u0323\u0307ke@x"), form("mi\u0323ke@x"));     // with another mark in between
  EXPECT_EQ(form("mike@example.org\u212A"), "mike@example.orgk");  // Kelvin sign
  EXPECT_EQ(form("\uFF4D\uFF29\uFF4B\uFF25\uFF20example\uFF0Eorg"), "mike@example.org");
  EXPECT_EQ(form("stra\u00DFe@x"), form("STRASSE@x"));
  EXPECT_EQ(form("stra\u1E9Ee@x"), form("strasse@x"));
  EXPECT_EQ(form("\u017Fam@x"), "sam@x");      // long s
  EXPECT_EQ(form("o\uFB03ce@x"), "office@x");  // ligature
  EXPECT_EQ(form("\u03A3\u03C2\u03C3"), form("\u03C3\u03C3\u03C3"));
}

TEST(cve_2019_19844, composed_and_decomposed_letters_are_one) {
  EXPECT_EQ(form("Am\u00E9lie@x"), form("ame\u0301lie@x"));
  EXPECT_EQ(form("\u212Bngstr\u00F6m@x"), form("\u00E5ngstro\u0308m@x"));
  EXPECT_EQ(form("\uD55C\uAE00@x"), form("\u1112\u1161\u11AB\u1100\u1173\u11AF@x"));  // Hangul
  EXPECT_EQ(form("q\u0323\u0307@x"), form("q\u0307\u0323@x"));                        // marks out of order
  EXPECT_EQ(form("\u03B1\u0345\u0301"), form("\u1FB4"));                              // U+0345 folds to a letter
  EXPECT_NE(form("am\u00E9lie@x"), form("amelie@x"));
}

TEST(identifier, what_shows_nothing_does_not_count) {
  EXPECT_EQ(form("ad\u200Ba@x"), "ada@x");
  EXPECT_EQ(form("ada\uFE0F@x"), "ada@x");
  EXPECT_EQ(form("a\u00ADda@x"), "ada@x");
  EXPECT_EQ(form("ada\U000E0101@x"), "ada@x");
  EXPECT_EQ(form("q\u0307\u034F\u0323"), form("q\u0323\u0307"));
}

TEST(identifier, a_domain_in_punycode_is_the_domain_that_it_stands_for) {
  EXPECT_EQ(form("ada@xn--bcher-kva.example"), form("ada@B\u00FCcher.example"));
  EXPECT_EQ(form("ada@XN--BCHER-KVA.example"), form("ada@bu\u0308cher.example"));
  EXPECT_EQ(form("ada@\uFF58n--bcher-kva.example"), form("ada@b\u00FCcher.example"));
  EXPECT_EQ(form("ada@mail.xn--80ak6aa92e.com"), form("ada@mail.\u0430\u0440\u0440\u04CF\u0435.com"));
  EXPECT_EQ(form("ada@xn--fiqs8s"), form("ada@\u4E2D\u56FD"));
  EXPECT_EQ(form("ada@xn--a-\u00FC.example"), form("ada@xn--a-u\u0308.example"));  // no Punycode: as it stands
  EXPECT_EQ(form("ada@xn--99999999.example"), "ada@xn--99999999.example");
  EXPECT_EQ(form("xn--bcher-kva@example"), "xn--bcher-kva@example");  // no domain
  EXPECT_EQ(form("a.xn--bcher-kva@example"), "a.xn--bcher-kva@example");
}

TEST(identifier, a_phone_number_is_its_own_form) { EXPECT_EQ(form("+4670123456789"), "+4670123456789"); }

TEST(identifier, ascii_keeps_all_but_case_blanks_and_last_dots) {
  EXPECT_EQ(form("A.d-a+Tag!#$%&'*/=?^_`{|}~@Example.com"), "a.d-a+tag!#$%&'*/=?^_`{|}~@example.com");
  EXPECT_EQ(form(".ada"), ".ada");
  EXPECT_EQ(form(""), "");
  EXPECT_EQ(form(" . "), "");
}

TEST(identifier, a_form_that_does_not_fit_is_a_digest_and_not_cut) {
  std::string phrase;
  for (int i = 0; i < 84; ++i) phrase += "\uFDFA";
  const std::string longest = form(phrase);
  EXPECT_EQ(longest.size(), 17U);
  EXPECT_EQ(longest[0], '\xFF');
  EXPECT_NE(longest, form(phrase.substr(3)));
  EXPECT_NE(longest, form(phrase + "a"));
  EXPECT_NE(form(phrase + "a"), form(phrase + "b"));
  EXPECT_EQ(form(phrase + "A"), form(" " + phrase + "a. "));
}

TEST(identifier, text_that_is_longer_than_any_recipient_does_not_collide_by_being_cut) {
  const std::string text(400, 'a');
  EXPECT_NE(form(text + "b"), form(text + "c"));
  EXPECT_EQ(form(text + "B"), form(' ' + text + "b."));
  EXPECT_NE(form(std::string(254, 'a')), form(std::string(255, 'a')));
  EXPECT_EQ(form(std::string(254, 'A')), std::string(254, 'a'));
}

TEST(identifier, marks_without_end_cost_bounded_work_and_are_still_one) {
  std::string up = "a", down = "a";
  for (int i = 0; i < 60; ++i) up += "\u0301", down = down + "\u0323";
  EXPECT_EQ(form(up + down.substr(1)), form(down + up.substr(1)));
  EXPECT_EQ(form(std::string("a") + up + up + up).size(), 17U);
}

TEST(identifier, bytes_that_are_no_utf_8_give_text_all_the_same) {
  EXPECT_EQ(form("ada\xFF@x"), "ada\uFFFD@x");
  EXPECT_EQ(form("ada\xC3"), "ada\uFFFD");
}

}  // namespace
}  // namespace startgate
