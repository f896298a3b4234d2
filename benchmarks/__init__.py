"""Measurements that need processes, servers or other libraries; each ends by itself and prints its figures."""
