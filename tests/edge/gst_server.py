"""A real RTSP server (GStreamer's) for tests; run by the system's Python, which has its bindings.

    /usr/bin/python3 gst_server.py h264|h265 [audio]

Prints the port it listens on. Then reads commands, a line each: `size WIDTH HEIGHT` changes the picture's
size while it plays, `pattern NAME` what it shows.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

FAST = "tune=zerolatency speed-preset=ultrafast key-int-max=10"
CODERS = {
    "h264": f"x264enc {FAST} bitrate=600 ! rtph264pay config-interval=-1",
    "h265": f"x265enc {FAST} ! h265parse ! rtph265pay config-interval=-1",
}


def description(coder, audio):
    video = (
        "videotestsrc name=picture is-live=true pattern=ball ! capsfilter name=size "
        f"caps=video/x-raw,format=I420,width=320,height=240,framerate=20/1 ! {CODERS[coder]} name=pay0 pt=96"
    )
    sound = " audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay1 pt=8" if audio else ""
    return f"( {video}{sound} )"


class Factory(GstRtspServer.RTSPMediaFactory):
    def __init__(self, words):
        super().__init__()
        self.words = words
        self.element = None

    def do_create_element(self, _url):
        self.element = Gst.parse_launch(self.words)
        return self.element


def obey(factory):
    for line in sys.stdin:
        command, *words = line.split()
        if factory.element is None:
            continue
        if command == "size":
            caps = f"video/x-raw,format=I420,width={words[0]},height={words[1]},framerate=20/1"
            factory.element.get_by_name("size").set_property("caps", Gst.Caps.from_string(caps))
        elif command == "pattern":
            Gst.util_set_object_arg(factory.element.get_by_name("picture"), "pattern", words[0])


def main():
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = Factory(description(sys.argv[1], "audio" in sys.argv[2:]))
    factory.set_shared(True)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)  # noqa: T201 - the answer
    threading.Thread(target=obey, args=(factory,), daemon=True).start()
    GLib.MainLoop().run()


main()
