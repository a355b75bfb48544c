using Isthmus.Outbound.Resilience;
using Isthmus.Testing;

namespace Isthmus.Outbound.Tests.Resilience;

public sealed class CircuitBreakerTests
{
    private readonly ManualTime time = new();
    private readonly CircuitBreaker breaker;
    private readonly List<BreakerState> entered = [];

    public CircuitBreakerTests()
    {
        breaker = new CircuitBreaker(time);
        breaker.Changed += entered.Add;
    }

    [Fact, HostileRow("D21")]
    public void Failures_in_a_row_open_it_and_nothing_starts_meanwhile()
    {
        Break();

        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal((0, CircuitBreaker.FirstPause), breaker.Admit(10));
    }

    [Fact]
    public void A_success_in_between_keeps_it_closed()
    {
        for (var i = 0; i < 3 * CircuitBreaker.FailuresToOpen; i++)
        {
            breaker.Failed(FailureClass.Transport, Guid.NewGuid());
            if (i % 3 == 2)
            {
                breaker.Succeeded();
            }
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public void One_message_that_the_partner_chokes_on_does_not_close_the_road()
    {
        var poison = Guid.NewGuid();
        for (var i = 0; i < 3 * CircuitBreaker.FailuresToOpen; i++)
        {
            breaker.Failed(FailureClass.Application, poison);
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact, HostileRow("D21")]
    public void After_the_pause_one_probe_decides()
    {
        Break();
        time.Advance(CircuitBreaker.FirstPause);

        Assert.Equal(1, breaker.Admit(10).Allowed);
        breaker.ProbeStarted();
        Assert.Equal(0, breaker.Admit(10).Allowed);
        breaker.Succeeded();

        Assert.Equal(10, breaker.Admit(10).Allowed);
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], entered);
    }

    [Fact]
    public void Pauses_grow_while_probes_fail_and_begin_anew_after_a_success()
    {
        Break();
        for (var pause = CircuitBreaker.FirstPause; pause < CircuitBreaker.LongestPause * 2; pause *= 2)
        {
            var expected = pause < CircuitBreaker.LongestPause ? pause : CircuitBreaker.LongestPause;
            Assert.Equal(expected, breaker.Admit(1).Wait);
            time.Advance(expected);
            Assert.Equal(1, breaker.Admit(1).Allowed);
            breaker.ProbeStarted();
            breaker.Failed(FailureClass.Application, Guid.NewGuid());
        }

        time.Advance(CircuitBreaker.LongestPause);
        breaker.Admit(1);
        breaker.Succeeded();
        Break();
        Assert.Equal(CircuitBreaker.FirstPause, breaker.Admit(1).Wait);
    }

    [Fact]
    public void A_probe_that_was_never_sent_leaves_room_for_another()
    {
        Break();
        time.Advance(CircuitBreaker.FirstPause);
        breaker.Admit(1);
        breaker.ProbeStarted();
        breaker.ProbeAbandoned();

        Assert.Equal(1, breaker.Admit(5).Allowed);
    }

    [Theory]
    [InlineData("Throttled")]
    [InlineData("BusinessRule")]
    [InlineData("Partial")]
    public void A_partner_that_answers_sensibly_is_not_down(string failure)
    {
        for (var i = 0; i < 2 * CircuitBreaker.FailuresToOpen; i++)
        {
            breaker.Failed(Enum.Parse<FailureClass>(failure), Guid.NewGuid());
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    private void Break()
    {
        for (var i = 0; i < CircuitBreaker.FailuresToOpen; i++)
        {
            breaker.Failed(FailureClass.Transport, Guid.NewGuid());
        }
    }
}
