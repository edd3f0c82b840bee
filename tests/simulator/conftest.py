from tests.support.simulator import simulator as simulator
