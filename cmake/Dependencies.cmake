# Every library, found the way both Debian 12 and Debian 13 ship it.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(CAF 0.17.6 EXACT REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG
             COMPONENTS json url program_options unit_test_framework)
find_package(FlatBuffers REQUIRED CONFIG
             NAMES flatbuffers FlatBuffers Flatbuffers)
find_program(FLATC flatc REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(jsoncons CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
pkg_check_modules(BOTAN REQUIRED IMPORTED_TARGET botan-2)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
