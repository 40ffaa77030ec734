#pragma once

#include "tests/storage/failing_fs.hpp"
#include "tests/storage/rocksdb_engine.hpp"

namespace signalbox::test {

/// A database whose disk fails when it is told to.
struct faulty_engine {
  std::shared_ptr<failing_fs> fs = std::make_shared<failing_fs>();
  rocksdb_engine engine{[this] {
    rocksdb_config out;
    out.file_system = fs;
    return out;
  }()};
};

} // namespace signalbox::test
