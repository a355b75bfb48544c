using Isthmus.Hl7v2;
using Isthmus.Host.Bench;

namespace Isthmus.Host.Tests.Bench;

public class AdmissionTrafficTests
{
    [Fact]
    public void Admissions_are_sound_and_as_large_as_the_figure_says()
    {
        var messages = AdmissionTraffic.Create(300);

        Assert.All(messages, message => Assert.Empty(Hl7Message.Parse(message).Findings));
        Assert.InRange(messages.Average(message => message.Length), 1450, 1900);
        Assert.Equal(300, messages.Select(message => Convert.ToHexString(message.Span)).Distinct().Count());
    }
}
