#include "every_header.hpp"

const void* second_address_of_reasons();
const char* second_version();

int main() {
  if (second_address_of_reasons() != &startgate::reasons) return 1;
  return second_version() == std::string_view(STARTGATE_VERSION) ? 0 : 2;
}
