using Isthmus.Exchange;
using Isthmus.Inbound.Acknowledging;
using Isthmus.Inbound.Journal;

namespace Isthmus.Inbound.Receiving;

/// <summary>A frame that was read: refused already, about to be journalled, or the start of a link; or a batch of such.</summary>
internal sealed class Reception
{
    private readonly Func<Task<Answer>> answer;

    public Reception(ReceptionDesk desk, JournalEntry entry, AnswerForm form) =>
        answer = () => desk.JournalAndAnswerAsync(entry, form);

    public Reception(Refusal refusal, AnswerForm form) =>
        answer = () => Task.FromResult(form.Refuse(refusal));

    public Reception(ReceptionDesk desk, string link, bool resynchronise, AnswerForm form) =>
        answer = () => desk.StartSequenceAsync(link, resynchronise, form);

    public Reception(IReadOnlyList<Reception> members, BatchForm form) =>
        answer = async () => form.Answer(await Task.WhenAll(members.Select(member => member.AnswerAsync())));

    /// <summary>The acknowledgement, once it may leave.</summary>
    public Task<Answer> AnswerAsync() => answer();
}
