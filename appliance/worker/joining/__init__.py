"""What a worker on another machine needs to know of the box that it joins, and its way to the queue there."""
