"""The kernel: how plugins compose, how records are read and written, and who may. It knows no noun of the business."""
