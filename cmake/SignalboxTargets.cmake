# signalbox_folder(NAME DEPENDS ...): one static library of all sources in the
# calling folder. Warnings and include root are the same everywhere.
add_library(signalbox_options INTERFACE)
target_include_directories(signalbox_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(
  signalbox_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                              -Werror=switch)
target_compile_definitions(
  signalbox_options INTERFACE SIGNALBOX_VERSION="${PROJECT_VERSION}"
                              BOOST_TEST_DYN_LINK
                              $<$<BOOL:${SIGNALBOX_TESTS}>:SIGNALBOX_FAULTS>)

# A macro, so that an empty folder can end its CMakeLists.txt: it becomes a
# library without code, and nothing after the call is looked for.
macro(signalbox_folder name)
  file(GLOB sources CONFIGURE_DEPENDS "*.cpp" "*.hpp")
  if(NOT sources)
    add_library(signalbox_${name} INTERFACE)
    return()
  endif()
  signalbox_library(${name} ${ARGN})
endmacro()

function(signalbox_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(signalbox_${name} STATIC ${sources})
  target_link_libraries(signalbox_${name} PUBLIC signalbox_options
                                                 ${ARG_DEPENDS})
  set_target_properties(signalbox_${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

# signalbox_tests(NAME DEPENDS ...): one test program of all sources in
# tests/NAME; each of its cases is a ctest test of its own. With BY_SUITE each
# suite is one instead, whose cases share a process and what takes long to
# start; such tests run alone, with the system's.
function(signalbox_tests name)
  cmake_parse_arguments(ARG "BY_SUITE" "TIMEOUT" "DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${name}/*.cpp" "${name}/*.hpp"
       "${name}/*/*.cpp" "${name}/*/*.hpp")
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources} $<TARGET_OBJECTS:signalbox_test_main>)
  target_link_libraries(test_${name} PRIVATE ${ARG_DEPENDS} signalbox_options
                                             Boost::unit_test_framework)
  target_compile_definitions(
    test_${name} PRIVATE SIGNALBOX_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                         SIGNALBOX_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set(listing "${CMAKE_CURRENT_BINARY_DIR}/test_${name}_cases.cmake")
  add_custom_command(
    TARGET test_${name} POST_BUILD
    COMMAND "${CMAKE_COMMAND}" -DPROGRAM=$<TARGET_FILE:test_${name}>
            -DPREFIX=${name} -DLISTING=${listing} -DSECONDS=${ARG_TIMEOUT}
            -DBY_SUITE=${ARG_BY_SUITE} -P
            "${PROJECT_SOURCE_DIR}/cmake/DiscoverBoostTests.cmake"
    BYPRODUCTS "${listing}")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${listing}")
endfunction()
