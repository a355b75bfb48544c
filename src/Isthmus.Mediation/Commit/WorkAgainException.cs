namespace Isthmus.Mediation.Commit;

/// <summary>
/// What the batch was decided by has changed meanwhile: nothing of it took effect, and its messages are worked again, one by one.
/// </summary>
internal sealed class WorkAgainException(string why) : Exception(why);
