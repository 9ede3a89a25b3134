"""The doors: HTTP routes, queues, schedules. Each reads its input, says who may call, and hands over."""
