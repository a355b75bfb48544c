using Isthmus.Exchange;
using Isthmus.Workflow.Instances;

namespace Isthmus.Workflow.Tests.Instances;

public sealed class TaskTitleTests
{
    private static readonly Signal Signal = new(
        "delivery-dead", "k", 17, null, "ICU", "Potassium (2823-3)", """{"rule":"http.refused","status":422,"nested":{}}""");

    [Theory]
    [InlineData("Critical result: {subject}", "Critical result: Potassium (2823-3)")]
    [InlineData("{location}, message {message}", "ICU, message 17")]
    [InlineData("given up: {rule} ({status})", "given up: http.refused (422)")]
    [InlineData("{nested} {absent}", "? ?")]
    [InlineData("a } b {subject", "a } b {subject")]
    public void Names_in_braces_become_what_the_signal_says(string template, string title) =>
        Assert.Equal(title, TaskTitle.Of(template, Signal));

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    public void A_detail_that_says_nothing_leaves_a_question_mark(string detail) =>
        Assert.Equal("?", TaskTitle.Of("{rule}", Signal with { Detail = detail }));

    [Fact]
    public void A_long_title_is_cut_and_never_through_a_character()
    {
        Assert.Equal(200, TaskTitle.Of("{subject}", Signal with { Subject = new string('x', 300) }).Length);
        Assert.Equal(199, TaskTitle.Of("{subject}", Signal with { Subject = new string('x', 199) + "😀" }).Length);
    }
}
