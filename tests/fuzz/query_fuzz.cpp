// A tenant log search is a person's text: whatever it is, it parses or points at a character of itself, and what parses can be run.
#include <startgate/log/query_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

struct same_text {
  std::string_view text;
  std::string_view get(startgate::log::field) const noexcept { return text; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto where : {startgate::log::deployment::public_cloud, startgate::log::deployment::private_cloud}) {
    const auto parsed = startgate::log::parse_query(text, where);
    if (!parsed && (parsed.error().position > size || parsed.error().message.empty())) std::abort();
    if (parsed) static_cast<void>(parsed->matches(same_text{text}));
  }
  return 0;
}
