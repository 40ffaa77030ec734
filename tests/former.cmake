# signalbox-former: the same program as a build that knows one fold version
# less, to be upgraded by tests. Its copy of projections/ledger_state.hpp says
# so, and what reads the number is compiled with it; everything else is linked
# as it is.
set(state_header "${PROJECT_SOURCE_DIR}/projections/ledger_state.hpp")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
                                       "${state_header}")
file(READ "${state_header}" state_text)
set(newest_line "newest_fold_version = ([0-9]+);")
if(NOT state_text MATCHES "${newest_line}")
  message(FATAL_ERROR "${state_header} names no newest_fold_version")
endif()
math(EXPR former "${CMAKE_MATCH_1} - 1")
string(REGEX REPLACE "${newest_line}" "newest_fold_version = ${former};"
                     state_text "${state_text}")
set(former_folder "${CMAKE_CURRENT_BINARY_DIR}/former")
file(CONFIGURE OUTPUT "${former_folder}/projections/ledger_state.hpp"
     CONTENT "${state_text}" @ONLY)

# Every source that names the number, so that none is forgotten.
file(GLOB candidates CONFIGURE_DEPENDS
     "${PROJECT_SOURCE_DIR}/projections/*.cpp"
     "${PROJECT_SOURCE_DIR}/actors/*.cpp" "${PROJECT_SOURCE_DIR}/api/*.cpp"
     "${PROJECT_SOURCE_DIR}/app/*.cpp")
set(former_sources)
foreach(source IN LISTS candidates)
  file(STRINGS "${source}" found REGEX "newest_fold_version|create_options")
  if(found)
    list(APPEND former_sources "${source}")
  endif()
endforeach()

add_executable(signalbox-former "${PROJECT_SOURCE_DIR}/app/main.cpp"
                                ${former_sources})
target_include_directories(signalbox-former BEFORE PRIVATE "${former_folder}")
target_link_libraries(signalbox-former PRIVATE signalbox_app fmt::fmt
                                               spdlog::spdlog)
