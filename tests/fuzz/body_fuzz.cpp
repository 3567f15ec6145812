// A request body of any bytes: read or refused with a reason, and never two readings of one member.
#include <startgate/json/body.hpp>

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace startgate;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto body = json::read_body(text, 16'384);
  if (!body) {
    if (body.error() == reason::none || !name_of(body.error()).starts_with("request_")) std::abort();
    return 0;
  }
  const start_members members = body->members();
  for (const bool named_elsewhere : {false, true}) {
    const auto request = read_start_request(members, named_elsewhere);
    if (!request) {
      if (request.error() == reason::none) std::abort();
      continue;
    }
    if (request->recipient.empty() || request->recipient.size() > 254) std::abort();
    for (const char c : request->recipient)
      if (static_cast<unsigned char>(c) < 0x20) std::abort();
  }
  return 0;
}
