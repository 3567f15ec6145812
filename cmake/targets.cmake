# One function per target: name, what it links. Each has its own export set, so that a user of the core needs neither OpenSSL nor
# nlohmann_json to be installed.
function(startgate_target name)
  add_library(startgate_${name} INTERFACE)
  add_library(startgate::${name} ALIAS startgate_${name})
  set_target_properties(startgate_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(startgate_${name} INTERFACE cxx_std_20)
  target_include_directories(startgate_${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_link_libraries(startgate_${name} INTERFACE ${ARGN})
  if(STARTGATE_INSTALL)
    install(TARGETS startgate_${name} EXPORT startgate_${name})
    install(EXPORT startgate_${name} FILE startgate-${name}-targets.cmake
      NAMESPACE startgate:: DESTINATION share/cmake/startgate)
  endif()
endfunction()

# Nothing is fetched: what is missing is named as the system's package manager knows it.
macro(startgate_needs package version debian_name)
  find_package(${package} ${version} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} ${version} or newer was not found; on Debian and Ubuntu: apt-get install ${debian_name}")
  endif()
endmacro()

startgate_target(core)
if(STARTGATE_WITH_JSON)
  startgate_needs(nlohmann_json 3.11 nlohmann-json3-dev)
  startgate_target(json startgate::core nlohmann_json::nlohmann_json)
endif()
if(STARTGATE_WITH_OPENSSL)
  startgate_needs(OpenSSL 3.0 libssl-dev)
  startgate_target(openssl startgate::core OpenSSL::Crypto)
endif()
