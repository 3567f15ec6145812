// A client certificate as facts, and the rule that compares it with what an application registered (RFC 8705 section 2).
#pragma once

#include <startgate/application.hpp>
#include <startgate/header.hpp>
#include <startgate/ip.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace startgate {

struct client_certificate {
  digest256 thumbprint{};  // SHA-256 of the DER
  std::string subject_dn;  // RFC 4514, as normal_distinguished_name spells it
  std::vector<std::string> san_dns, san_uri, san_ip, san_email;
  bool trusted = false;  // chains to an authority of the policy, inside its dates, and may be used by a TLS client
};

// One spelling of a distinguished name: no blanks around unescaped separators, attribute types in upper case. Values stay as they
// are.
inline std::string normal_distinguished_name(std::string_view dn) {
  std::string out;
  bool in_type = true;
  std::size_t start = 0, solid = 0;  // where the current type or value begins, and where what must stay of it ends
  for (std::size_t i = 0; i < dn.size(); ++i) {
    const char c = dn[i];
    if (c == '\\' && i + 1 < dn.size()) {
      out.append({c, dn[++i]});
      solid = out.size();
    } else if (c == ',' || c == '+' || (c == '=' && in_type)) {
      out.resize(solid);
      out.push_back(c);
      in_type = c != '=';
      start = solid = out.size();
    } else if (c != ' ' || out.size() != start) {
      out.push_back(in_type && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
      if (c != ' ') solid = out.size();
    }
  }
  out.resize(solid);
  return out;
}

namespace detail {

// By value: an address has many spellings, and the certificate has none but its bytes.
inline bool has_address(const std::vector<std::string>& names, std::string_view wanted) noexcept {
  const auto address = parse_address(wanted);
  return address &&
         std::any_of(names.begin(), names.end(), [&](const std::string& name) { return parse_address(name) == address; });
}

}  // namespace detail

// RFC 8705 section 2.1.2: exactly one registered field is compared; an empty one never matches (an empty DN once named
// everybody).
inline bool has_subject(const client_certificate& certificate, const certificate_subject& wanted) noexcept {
  const auto among = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), wanted.value) != names.end();
  };
  if (wanted.value.empty()) return false;
  switch (wanted.which) {
    case certificate_subject::field::dn: return certificate.subject_dn == wanted.value;
    case certificate_subject::field::san_dns:  // without regard to case (RFC 5280 section 7.2)
      return std::any_of(certificate.san_dns.begin(), certificate.san_dns.end(),
                         [&](const std::string& name) { return same_name(name, wanted.value); });
    case certificate_subject::field::san_uri: return among(certificate.san_uri);
    case certificate_subject::field::san_ip: return detail::has_address(certificate.san_ip, wanted.value);
    case certificate_subject::field::san_email: return among(certificate.san_email);
  }
  return false;
}

}  // namespace startgate
