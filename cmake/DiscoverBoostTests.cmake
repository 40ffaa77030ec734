# Lists the cases of a Boost.Test PROGRAM and writes one add_test each to
# LISTING, named PREFIX.suite.case.
execute_process(
  COMMAND "${PROGRAM}" --list_content=HRF
  ERROR_VARIABLE content
  OUTPUT_VARIABLE content_out
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} --list_content failed: ${content}")
endif()
string(REGEX REPLACE "[[;]" "_" content "${content}${content_out}")
string(REPLACE "]" "_" content "${content}")
string(REPLACE "\n" ";" lines "${content}")
set(suite "")
set(text "")
foreach(line IN LISTS lines)
  if(line MATCHES "^([a-zA-Z0-9_]+)\\*?(:.*)?$")
    set(suite "${CMAKE_MATCH_1}")
  elseif(line MATCHES "^    ([a-zA-Z0-9_<>]+)\\*?(:.*)?$")
    set(case "${CMAKE_MATCH_1}")
    string(APPEND text
           "add_test(\"${PREFIX}.${suite}.${case}\" \"${PROGRAM}\" "
           "\"--run_test=${suite}/${case}\" --log_level=message)\n"
           "set_tests_properties(\"${PREFIX}.${suite}.${case}\" PROPERTIES "
           "TIMEOUT ${SECONDS} LABELS ${PREFIX})\n")
  endif()
endforeach()
file(WRITE "${LISTING}" "${text}")
