"""AWS Elemental MediaConvert for one machine.

Speaks MediaConvert's wire protocol and renders with FFmpeg's libraries (PyAV, whose x264 is GPL: a tool
beside the product). It shares no code with the product: if both sides counted timecodes with the same
function, an off-by-one would cancel out.

What can be relied on: requests are checked against botocore's model and against AWS's documented rules;
clips are exact to the frame at every rate, sound to the sample (where the container's time stamps are);
S3 keys, job states, error codes and events are AWS's. What AWS does otherwise: its encoder and its
deinterlacer are its own, so sizes and pictures differ bit for bit; quality levels and tuning are mapped to
x264's terms (``encoding``); its downmix gains are not published, ITU-R BS.775's are used (``sound``);
AWS does not say whether it smooths the sound at cuts, and here nothing is faded; HDR stays as it is.
Settings that are not honoured make the job fail with error 1040 (``supported`` lists the others).
Assumed, for AWS does not document it: CancelJob of an ended job is a ConflictException; wrong order of
clippings is refused by CreateJob, not by the job; a file that ends long before it says is error 1076.
"""
