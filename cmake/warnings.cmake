# For the project's own translation units only: on an INTERFACE target these would reach the user.
function(startgate_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
endfunction()
