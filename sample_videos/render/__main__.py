"""Entry point of ``python -m sample_videos.render``."""

from sample_videos.render.main import main

if __name__ == "__main__":
    raise SystemExit(main())
