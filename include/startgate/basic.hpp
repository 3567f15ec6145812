// The Authorization header as an OAuth client credential: HTTP Basic (RFC 7617) around form-encoded values (RFC 6749
// section 2.3.1 and appendix B). Values are decoded into the object, which is wiped when it goes.
//
//   credentials = "Basic" 1*SP base64( form( client_id ) ":" form( client_secret ) )
#pragma once

#include <startgate/detail/text_codes.hpp>
#include <startgate/header.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate {

enum class basic_form : std::uint8_t { tolerant, strict };

namespace detail {

constexpr bool has_control_characters(std::string_view text) noexcept {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  return false;
}

}  // namespace detail

class basic_credentials {
 public:
  static constexpr std::size_t max_bytes = 1024;  // user, colon and password together, after base64

  basic_credentials() noexcept {}
  explicit basic_credentials(header_list headers) noexcept { read(headers); }
  basic_credentials(const basic_credentials&) = delete;
  basic_credentials& operator=(const basic_credentials&) = delete;
  ~basic_credentials() { wipe(); }

  bool present() const noexcept { return present_; }  // a Basic credential was sent, well-formed or not
  bool malformed(basic_form form) const noexcept { return !well_formed_ || (form == basic_form::strict && id_size_ == 0); }

  // As sent, and form-decoded; the decoded ones are empty where the encoding is broken. Many clients do not encode at all.
  std::string_view raw_client_id() const noexcept { return {raw_.data(), raw_id_size_}; }
  std::string_view raw_secret() const noexcept { return {raw_.data() + raw_secret_at_, raw_secret_size_}; }
  std::string_view client_id() const noexcept { return {decoded_.data(), id_size_}; }
  std::string_view secret() const noexcept { return {decoded_.data() + id_size_, secret_size_}; }

 private:
  void read(header_list headers) noexcept {
    std::size_t lines = 0;
    std::string_view token;
    for (const header& h : headers) {
      if (!same_name(h.name, "authorization")) continue;
      ++lines;
      const std::size_t blank = h.value.find(' ');
      if (!same_name(h.value.substr(0, blank), "basic")) continue;  // another scheme is no client credential
      present_ = true;
      token = blank == std::string_view::npos ? std::string_view{} : h.value.substr(blank + 1);
    }
    if (!present_ || lines != 1) return;
    while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
    while (!token.empty() && token.back() == ' ') token.remove_suffix(1);
    const auto size = detail::base64_decode(token, raw_.data(), raw_.size());
    if (size) split({raw_.data(), used_ = *size});
  }

  void split(std::string_view pair) noexcept {
    const std::size_t colon = pair.find(':');
    if (colon == std::string_view::npos || colon == 0 || detail::has_control_characters(pair)) return;
    raw_id_size_ = colon;
    raw_secret_at_ = colon + 1;
    raw_secret_size_ = pair.size() - colon - 1;
    well_formed_ = true;
    const auto id = detail::percent_decode(raw_client_id(), decoded_.data(), /*plus_is_blank*/ true);
    if (!id) return;
    const auto secret = detail::percent_decode(raw_secret(), decoded_.data() + *id, /*plus_is_blank*/ true);
    if (!secret || detail::has_control_characters({decoded_.data(), *id + *secret})) return;
    id_size_ = *id;
    secret_size_ = *secret;
  }

  void wipe() noexcept {
    for (std::size_t i = 0; i < used_; ++i) {
      raw_[i] = decoded_[i] = 0;
      __asm__ volatile("" : : "r"(&raw_[i]), "r"(&decoded_[i]) : "memory");  // a store that nobody reads would be dropped
    }
  }

  std::array<char, max_bytes> raw_;  // not initialised: most requests have no such header
  std::array<char, max_bytes> decoded_;
  std::size_t used_ = 0, raw_id_size_ = 0, raw_secret_at_ = 0, raw_secret_size_ = 0, id_size_ = 0, secret_size_ = 0;
  bool present_ = false, well_formed_ = false;
};

}  // namespace startgate
