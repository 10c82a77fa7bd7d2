# lull_library(core_base SOURCES … PUBLIC … PRIVATE …): one static library per folder, named
# lull_core_base, with the tree's root as its include path.
function(lull_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(lull_${name} STATIC ${ARG_SOURCES})
    target_include_directories(lull_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_link_libraries(lull_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(lull_${name} INTERFACE)
    target_include_directories(lull_${name} INTERFACE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(lull_${name} INTERFACE ${ARG_PUBLIC})
  endif()
endfunction()

# lull_test(core_base SOURCES … LINK …): a GoogleTest program lull_core_base_tests whose tests ctest
# knows by name.
function(lull_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(lull_${name}_tests ${ARG_SOURCES})
  target_link_libraries(lull_${name}_tests PRIVATE ${ARG_LINK} GTest::gmock_main)
  gtest_discover_tests(lull_${name}_tests
    TEST_PREFIX "${name}."
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# lull_benchmark(memory SOURCES … LINK …): a Google Benchmark program bench_memory.
function(lull_benchmark name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(bench_${name} ${ARG_SOURCES})
  target_link_libraries(bench_${name} PRIVATE ${ARG_LINK} benchmark::benchmark_main)
endfunction()

# lull_fuzz(settings SOURCES … LINK … SEEDS …): a libFuzzer program fuzz_settings. As a test it goes through
# the corpus tests/fuzz/corpus/settings, and the directories of SEEDS, and then tries RUNS inputs of its own
# (50,000).
function(lull_fuzz name)
  cmake_parse_arguments(ARG "" "RUNS" "SOURCES;LINK;SEEDS" ${ARGN})
  if(NOT ARG_RUNS)
    set(ARG_RUNS 50000)
  endif()
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE ${ARG_LINK})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  set(found "${CMAKE_CURRENT_BINARY_DIR}/corpus-${name}")
  file(MAKE_DIRECTORY "${found}")
  set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}")
  if(NOT EXISTS "${corpus}")
    message(FATAL_ERROR "fuzz_${name} has no corpus to begin with: ${corpus}")
  endif()
  add_test(NAME fuzz.${name}
    COMMAND fuzz_${name} -runs=${ARG_RUNS} -max_len=4096 -timeout=10 "${found}" ${corpus} ${ARG_SEEDS})
  set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 600 LABELS fuzz)
endfunction()
