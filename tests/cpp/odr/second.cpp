#include "every_header.hpp"

const void* second_address_of_reasons() { return &startgate::reasons; }
const char* second_version() { return STARTGATE_VERSION; }
