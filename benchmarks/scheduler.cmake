if(TARGET lull_support_engine)
  lull_benchmark(engine SOURCES engine.cc LINK lull_scheduler lull_support_engine TBB::tbb)
  lull_benchmark(jobs SOURCES jobs.cc LINK lull_scheduler lull_support_engine)
endif()
