"""What `kehu demo` shows of core: a firm that sells machines in China and Europe, its customers, and what was said."""
