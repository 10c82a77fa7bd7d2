if(TARGET lull_agent_control)
  lull_benchmark(control SOURCES control.cc LINK lull_agent_control lull_agent_control_client)
endif()
add_executable(idle_cost idle_cost.cc)
target_link_libraries(idle_cost PRIVATE lull_support_sandbox)
add_executable(engine_stall engine_stall.cc)
target_link_libraries(engine_stall
  PRIVATE lull_agent_control_client lull_bench_trees lull_support_sandbox)
lull_benchmark(optimize SOURCES optimize.cc LINK lull_agent_services lull_agent_presence)
