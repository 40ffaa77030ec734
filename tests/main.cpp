#define BOOST_TEST_MODULE signalbox
#include <boost/test/unit_test.hpp>
