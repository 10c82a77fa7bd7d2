lull_benchmark(memory SOURCES memory.cc LINK lull_core_platform)
lull_benchmark(scopes SOURCES scopes.cc LINK lull_core_platform)
lull_benchmark(relief_policy SOURCES relief_policy.cc LINK lull_core_relief)
lull_benchmark(file_caches SOURCES file_caches.cc LINK lull_core_relief)
lull_benchmark(processes SOURCES processes.cc LINK lull_core_stats)
lull_benchmark(dashboard SOURCES dashboard.cc LINK lull_core_stats)

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")  # it asks glibc what the heap holds
  lull_benchmark(caches SOURCES caches.cc LINK lull_core_cache)
endif()

# A peer, beside us where it is installed.
find_path(LIBPROC2_INCLUDE_DIR libproc2/pids.h)
find_library(LIBPROC2_LIBRARY proc2)
if(LIBPROC2_INCLUDE_DIR AND LIBPROC2_LIBRARY)
  target_include_directories(bench_processes SYSTEM PRIVATE "${LIBPROC2_INCLUDE_DIR}")
  target_link_libraries(bench_processes PRIVATE "${LIBPROC2_LIBRARY}")
  target_compile_definitions(bench_processes PRIVATE LULL_HAVE_LIBPROC2)
endif()

# Trees to walk, and what walking them costs at least.
add_library(lull_bench_trees STATIC
  support/big_tree.cc support/child_cost.cc support/tree_maker.cc support/walk_floor.cc)
target_link_libraries(lull_bench_trees PUBLIC lull_core_base)
lull_benchmark(walk SOURCES walk.cc LINK lull_bench_trees lull_core_scan TBB::tbb)
lull_benchmark(scan_rules SOURCES scan_rules.cc LINK lull_bench_trees lull_core_scan TBB::tbb)
lull_benchmark(rescan SOURCES rescan.cc LINK lull_bench_trees lull_core_cache TBB::tbb)
foreach(program scan_compare cancel_latency)
  add_executable(${program} ${program}.cc)
  target_link_libraries(${program} PRIVATE lull_bench_trees lull_core_cache lull_core_scan TBB::tbb)
endforeach()
lull_benchmark(trash SOURCES trash.cc LINK lull_bench_trees lull_core_trash TBB::tbb)
lull_benchmark(clean SOURCES clean.cc LINK lull_bench_trees lull_core_clean TBB::tbb)
