// A user of the engine alone.
#include <startgate/startgate.hpp>

static_assert(startgate::parse_instant("1970-01-01T00:00:01Z") == startgate::second);

int main() { return startgate::reason_named("allowed_authenticated") == startgate::reason::allowed_authenticated ? 0 : 1; }
