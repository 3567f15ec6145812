include(CMakePackageConfigHelpers)
configure_package_config_file(cmake/startgate-config.cmake.in startgate-config.cmake
  INSTALL_DESTINATION share/cmake/startgate)
write_basic_package_version_file(startgate-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/startgate-config.cmake ${PROJECT_BINARY_DIR}/startgate-config-version.cmake
  DESTINATION share/cmake/startgate)
install(FILES cmake/FindHiredis.cmake DESTINATION share/cmake/startgate)
install(DIRECTORY include/startgate DESTINATION include)
