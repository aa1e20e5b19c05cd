namespace Latmon.Pipeline.Assembling;

/// <summary>What a line says of a call and a request.</summary>
internal enum LineWord : byte
{
    /// <summary>The line is not as it is thought to be, or knows nothing of the call; or it was the request's turn, but no answer confirmed it.</summary>
    Nothing,

    /// <summary>It was the request's turn.</summary>
    Its,

    /// <summary>It was another one's turn.</summary>
    Another,
}
