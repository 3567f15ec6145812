// The shared stores that this program is linked with: Redis where its target links startgate::redis and startgate::tls.
#pragma once

#include <startgate/service/service_store.hpp>
#ifdef STARTGATE_WITH_REDIS
#include <startgate/service/redis_shared_store.hpp>
#endif

namespace startgate {

// Of this translation unit, not `inline`: another one of the program may be built without.
#ifdef STARTGATE_WITH_REDIS
constexpr store_opener linked_stores = &open_redis;
#else
constexpr store_opener linked_stores = nullptr;
#endif

}  // namespace startgate
