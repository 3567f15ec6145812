// Logs are strangers' bytes: read in one piece or in two, the records are the same and every fault has a line of the input.
#include <startgate/json/log_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::string read(std::string_view first, std::string_view second, std::uint64_t lines) {
  std::string seen;
  startgate::json::log_reader reader;
  const auto on_record = [&](const startgate::json::log_line& r) { (seen += r.text) += r.get(startgate::log::field::log_id); };
  const auto on_fault = [&](const startgate::json::log_fault& f) {
    if (f.line == 0 || f.line > lines) std::abort();
    seen += std::to_string(f.line) + f.what;
  };
  reader.feed(first, false, on_record, on_fault);
  reader.feed(second, true, on_record, on_fault);
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = 1 + static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  const std::size_t half = size == 0 ? 0 : data[0] % size;
  if (read({}, text, lines) != read(text.substr(0, half), text.substr(half), lines)) std::abort();
  return 0;
}
