# Lists the cases of a Boost.Test PROGRAM and writes one add_test each to
# LISTING, named PREFIX.suite.case, or one for each suite if BY_SUITE is true.
# What is described as "of one engine" has the label one_engine.
# What it cannot list is an error, because a case that is left out would never
# run and nobody would notice.
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
# A case that was skipped or checked nothing ends with 0, but is no success.
set(no_success
    "Test case .[^ ]+ was skipped|Test case [^ ]+ did not check any assertions")
set(suite "")
set(cases 1)
set(text "")

macro(list_test name selection labels)
  string(APPEND text
         "add_test(\"${name}\" \"${PROGRAM}\" "
         "\"--run_test=${selection}\" --log_level=message "
         "--report_level=detailed --color_output=no)\n"
         "set_tests_properties(\"${name}\" PROPERTIES "
         "TIMEOUT ${SECONDS} LABELS \"${labels}\" "
         "FAIL_REGULAR_EXPRESSION \"${no_success}\")\n")
endmacro()

# Sets `engines` to the label that the descriptions ask for.
macro(read_descriptions)
  set(engines "")
  if("${ARGN}" MATCHES "of one engine")
    set(engines ";one_engine")
  endif()
endmacro()

macro(check_suite_has_cases)
  if(cases EQUAL 0)
    message(FATAL_ERROR "${PROGRAM}: ${suite} stands in no suite, or is empty")
  endif()
endmacro()

foreach(line IN LISTS lines)
  if(line MATCHES "^([a-zA-Z0-9_]+)\\*?(:.*)?$")
    check_suite_has_cases()
    set(suite "${CMAKE_MATCH_1}")
    set(suite_text "${CMAKE_MATCH_2}")
    set(cases 0)
  elseif(line MATCHES "^    ([a-zA-Z0-9_<>]+)\\*?(:.*)?$")
    set(case "${CMAKE_MATCH_1}")
    read_descriptions("${suite_text}" "${CMAKE_MATCH_2}")
    math(EXPR cases "${cases} + 1")
    if(NOT BY_SUITE)
      list_test("${PREFIX}.${suite}.${case}" "${suite}/${case}"
                "${PREFIX}${engines}")
    elseif(cases EQUAL 1)
      list_test("${PREFIX}.${suite}" "${suite}" "${PREFIX};system${engines}")
    endif()
  elseif(line AND NOT line MATCHES "^        ")
    # Deeper lines are the samples of a data-driven case, which runs them all.
    message(FATAL_ERROR "${PROGRAM}: cannot list this case: '${line}'")
  endif()
endforeach()
check_suite_has_cases()
file(WRITE "${LISTING}" "${text}")
