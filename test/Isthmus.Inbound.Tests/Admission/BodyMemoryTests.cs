using Isthmus.Inbound.Admission;
using Isthmus.Inbound.Listeners;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>Bodies of all clients together have one memory, and give it back once they are answered.</summary>
public sealed class BodyMemoryTests
{
    private const int Room = 70_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_without_room_is_refused_until_another_is_answered(bool announced)
    {
        var memory = new FrameMemory(Room);
        var step = new BodyStep(memory);
        using var first = Of(60_000, announced);
        using var second = Of(20_000, announced);

        Assert.Null(await step.CheckAsync(first));
        Assert.Equal(AdmissionRules.NoRoom, await step.CheckAsync(second));
        second.Dispose();
        first.Dispose();
        using var again = Of(20_000, announced);
        Assert.Null(await step.CheckAsync(again));
        Assert.Equal(20_000, again.Body.Length);
        again.Dispose();

        Assert.Equal(Room, memory.Free);
    }

    [Fact]
    public async Task An_announced_length_takes_no_memory_before_the_bytes_come()
    {
        var memory = new FrameMemory(Room);
        using var passage = Of(10, announced: false);
        passage.Request.ContentLength = Room * 2;

        await new BodyStep(memory).CheckAsync(passage);

        Assert.InRange(memory.Free, Room - 17_000, Room - 1);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_gives_its_memory_back()
    {
        var memory = new FrameMemory(1 << 20);
        var passage = Of(200_000, announced: false);

        Assert.Equal(AdmissionRules.BodyTooLarge, await new BodyStep(memory).CheckAsync(passage));
        passage.Dispose();

        Assert.Equal(1 << 20, memory.Free);
    }

    private static Passage Of(int bytes, bool announced)
    {
        var call = new DefaultHttpContext();
        call.Request.Body = new MemoryStream(new byte[bytes]);
        call.Request.ContentLength = announced ? bytes : null;
        call.Request.ContentType = "application/hl7-v2";
        return new Passage(call, Correlation.Of(call.Request), null!, null!)
        {
            Route = new DoorRoute
            {
                Name = "send", Method = "POST", Template = "/send", Form = RefusalForm.Problem, MediaTypes = ["application/hl7-v2"],
                MostBytes = 100_000, Handler = (_, _) => Task.CompletedTask,
            },
        };
    }
}
