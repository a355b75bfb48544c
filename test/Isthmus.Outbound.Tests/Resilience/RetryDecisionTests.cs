using Isthmus.Exchange.Contracts;
using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Tests.Resilience;

public sealed class RetryDecisionTests
{
    private static readonly RetryTerms Terms = new(5, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 8)]
    [InlineData(40, 30)]
    public void The_limit_of_the_delay_doubles_up_to_the_longest(int attempts, int seconds)
    {
        var decision = After(FailureClass.Transport, attempts, draw: 0.5);

        Assert.Equal(TimeSpan.FromSeconds(seconds / 2.0), decision.Delay);
    }

    [Fact]
    public void Jitter_reaches_from_nothing_to_the_limit()
    {
        Assert.Equal(TimeSpan.Zero, After(FailureClass.Application, 3, draw: 0).Delay);
        Assert.InRange(After(FailureClass.Application, 3, draw: 0.999).Delay!.Value, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void Retry_After_is_a_floor_and_still_spread()
    {
        var asked = TimeSpan.FromSeconds(20);

        Assert.Equal(asked, After(FailureClass.Throttled, 1, draw: 0, retryAfter: asked).Delay);
        Assert.Equal(asked + TimeSpan.FromSeconds(0.5), After(FailureClass.Throttled, 1, draw: 0.5, retryAfter: asked).Delay);
    }

    [Theory]
    [InlineData("Application")]
    [InlineData("Ambiguous")]
    [InlineData("Partial")]
    public void What_may_be_the_contents_fault_ends_after_the_most_attempts(string name)
    {
        var failure = Enum.Parse<FailureClass>(name);
        Assert.NotNull(After(failure, 4).Delay);
        Assert.Null(After(failure, 5).Delay);
    }

    [Theory]
    [InlineData("Transport")]
    [InlineData("Throttled")]
    [InlineData("Unauthorised")]
    public void An_outage_costs_no_attempts_only_age(string name)
    {
        var failure = Enum.Parse<FailureClass>(name);
        Assert.NotNull(After(failure, 500).Delay);
        Assert.Null(After(failure, 1, age: TimeSpan.FromHours(1), draw: 0.5).Delay);
    }

    [Fact]
    public void A_refusal_of_the_content_is_not_repeated() => Assert.Null(After(FailureClass.BusinessRule, 1).Delay);

    [Fact]
    public void Where_the_contract_wants_a_person_at_once_only_throttling_waits()
    {
        Assert.Null(RetryDecision.After(FailureClass.Transport, true, Terms, DownBehaviour.Fail, 1, TimeSpan.Zero, null, 0.5).Delay);
        Assert.NotNull(RetryDecision.After(FailureClass.Throttled, true, Terms, DownBehaviour.Fail, 1, TimeSpan.Zero, null, 0.5).Delay);
    }

    [Fact]
    public void Every_class_has_a_rule_of_its_own()
    {
        var rules = Enum.GetValues<FailureClass>().Select(failure => failure.Rule()).ToArray();

        Assert.Equal(rules.Length, rules.Distinct().Count());
        Assert.All(rules, rule => Assert.StartsWith("delivery.", rule, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FailureClass.Ambiguous, false)]
    [InlineData(FailureClass.Partial, false)]
    [InlineData(FailureClass.Transport, true)]
    [InlineData(FailureClass.Application, true)]
    public void Where_a_partner_does_not_know_a_repeat_only_what_surely_had_no_effect_is_repeated(object failure, bool repeated) =>
        Assert.Equal(repeated, RetryDecision.After((FailureClass)failure, false, Terms, DownBehaviour.Queue, 1, TimeSpan.Zero, null, 0.5).Delay is not null);

    private static RetryDecision After(
        FailureClass failure, int attempts, double draw = 0.5, TimeSpan age = default, TimeSpan? retryAfter = null) =>
        RetryDecision.After(failure, true, Terms, DownBehaviour.Queue, attempts, age, retryAfter, draw);
}
