// SPDX-License-Identifier: MIT
// Boost.JSON for the cross check (dependencies.cmake): the whole library in one file.
#include <boost/json/src.hpp>
