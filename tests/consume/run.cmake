# Configures, builds and runs one consumer project in a folder of its own.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${scratch})
if(way STREQUAL "find_package")
  run(${CMAKE_COMMAND} --install ${build} --prefix ${scratch}/prefix)
endif()
run(${CMAKE_COMMAND} -S ${source}/tests/consume/${way} -B ${scratch}/build -G ${generator}
  -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_PREFIX_PATH=${scratch}/prefix -D startgate_source=${source})
run(${CMAKE_COMMAND} --build ${scratch}/build)
run(${scratch}/build/core_consumer)
if(EXISTS ${scratch}/build/edges_consumer)
  run(${scratch}/build/edges_consumer)
endif()
